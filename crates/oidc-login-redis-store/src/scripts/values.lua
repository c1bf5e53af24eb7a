-- An app's values: until when (ms), a blank, JSON.
local function living()
    local value = redis.call('GET', KEYS[1])
    local ends_at = value and tonumber(string.match(value, '^%-?%d+'))
    if ends_at and ends_at > now() then return value end
    return false
end
local function put(value)
    redis.call('SET', KEYS[1], value)
    expire(tonumber(string.match(value, '^%-?%d+')) - now())
end
