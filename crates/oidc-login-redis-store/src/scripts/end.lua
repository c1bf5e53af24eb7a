local ended_for = ARGV[2]
if not is_alive() then return false end
local ended = redis.call('HMGET', KEYS[1], 'i', 'r')
finish(ended_for)
return ended
