if redis.call('HGET', KEYS[1], 'f') == ARGV[2] then redis.call('HDEL', KEYS[1], 'l') end
