local ttl, lease = ARGV[2], ARGV[3]
if not is_alive() then return 'gone' end
local held_until = redis.call('HGET', KEYS[1], 'l')
if held_until and tonumber(held_until) > now() then return 'busy' end
redis.call('HSET', KEYS[1], 'f', lease, 'l', string.format('%.0f', now() + tonumber(ttl)))
return 'held'
