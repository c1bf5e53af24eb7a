local fields = redis.call('HMGET', KEYS[1], 'd', 'v')
if not fields[1] or tonumber(fields[1]) <= now() then return {} end
if fields[2] == ARGV[2] then return {fields[1]} end
return {fields[1], fields[2], redis.call('HGET', KEYS[1], 'r')}
