local deadline, version, index_keys, record = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if redis.call('HEXISTS', KEYS[1], 'x') == 1 then return 'gone' end
if is_alive() then return 'stale' end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'r', record, 'v', version, 'd', deadline, 'i', index_keys)
expire(tonumber(deadline) - now())
return 'stored'
