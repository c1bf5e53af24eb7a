-- Also where the record is not here yet: its save comes later and finds x.
local ended_for, index_key = ARGV[2], ARGV[3]
local index_keys = redis.call('HGET', KEYS[1], 'i')
if index_keys and not string.find(index_keys, index_key, 1, true) then return '' end
finish(ended_for)
return index_keys or ''
