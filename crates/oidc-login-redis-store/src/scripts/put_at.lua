local deadline, version, expected, lease, record = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if not is_alive() then return 'gone' end
local fields = redis.call('HMGET', KEYS[1], 'v', 'f')
if fields[1] ~= expected then return 'stale' end
if lease ~= '' and fields[2] ~= lease then return 'stale' end
redis.call('HSET', KEYS[1], 'r', record, 'v', version, 'd', deadline)
expire(tonumber(deadline) - now())
return 'stored'
