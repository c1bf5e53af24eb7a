-- The time in milliseconds: ours where a clock was given, else the server's, which all nodes share.
local function now()
    if ARGV[1] ~= '' then return tonumber(ARGV[1]) end
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end
-- A key that has outlived its deadline by our clock alone goes with the server's next look at it.
local function expire(after)
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', after))
end
