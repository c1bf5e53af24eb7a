local ended_for = ARGV[2]
if not is_alive() then return false end
local index_keys = redis.call('HGET', KEYS[1], 'i')
finish(ended_for)
return index_keys
