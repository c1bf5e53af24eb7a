-- A login: r record, v version, d deadline, i its index keys, f the last lease's number, l until
-- when that lease is held. An ended one: x.
local function deadline()
    local d = redis.call('HGET', KEYS[1], 'd')
    return d and tonumber(d)
end
local function is_alive()
    local d = deadline()
    return d and d > now()
end
local function finish(ended_for)
    redis.call('DEL', KEYS[1])
    redis.call('HSET', KEYS[1], 'x', 1)
    expire(ended_for)
end
