local claimed_until = redis.call('GET', KEYS[1])
if claimed_until and tonumber(claimed_until) > now() then return 'again' end
redis.call('SET', KEYS[1], ARGV[2])
expire(tonumber(ARGV[2]) - now())
return 'first'
