local index_key = ARGV[2]
local fields = redis.call('HMGET', KEYS[1], 'd', 'i')
if not fields[1] or tonumber(fields[1]) <= now() then return false end
if not string.find(fields[2], index_key, 1, true) then return false end
return fields[1]
