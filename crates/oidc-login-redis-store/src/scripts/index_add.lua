local session, value, most = ARGV[2], ARGV[3], tonumber(ARGV[4])
local logged_in_at, ends_at = member(value)
local marked = marked_until()
if marked and logged_in_at <= tonumber(marked) then return {'ended'} end
if redis.call('HEXISTS', KEYS[1], session) == 1 then return {'added'} end
if redis.call('HLEN', KEYS[1]) >= most then
    local all, count, oldest, oldest_at = redis.call('HGETALL', KEYS[1]), 0, nil, nil
    for at = 1, #all, 2 do
        if is_session(all[at]) then
            local known_at, known_end = member(all[at + 1])
            if known_end <= now() then
                redis.call('HDEL', KEYS[1], all[at])
            else
                count = count + 1
                if not oldest_at or known_at < oldest_at then oldest, oldest_at = all[at], known_at end
            end
        end
    end
    if count >= most then return {'full', oldest} end
end
redis.call('HSET', KEYS[1], session, value)
keep_for(ends_at - now())
return {'added'}
