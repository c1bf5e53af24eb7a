-- What followed a session's key: each key, and until when it counts (ms).
local new, kept_for = ARGV[2], tonumber(ARGV[3])
redis.call('HSET', KEYS[1], new, string.format('%.0f', now() + kept_for))
expire(kept_for)
