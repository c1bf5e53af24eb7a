local deadline = ARGV[2]
if not is_alive() then return end
redis.call('HSET', KEYS[1], 'd', deadline)
expire(tonumber(deadline) - now())
