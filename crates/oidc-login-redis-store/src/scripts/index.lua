-- An index: a session's key (32 bytes) holds when it logged in (s), when it ends (ms) and what a list
-- shows of it. A logout's mark: u up to which login (s), k until when the mark is kept (ms).
local function member(value)
    local logged_in_at, ends_at = string.match(value, '^(%-?%d+) (%-?%d+) ')
    return tonumber(logged_in_at), tonumber(ends_at)
end
local function is_session(field) return #field == 32 end
local function marked_until()
    local mark = redis.call('HMGET', KEYS[1], 'u', 'k')
    if mark[1] and tonumber(mark[2]) > now() then return mark[1] end
end
local function keep_for(after)
    if redis.call('PTTL', KEYS[1]) < after then expire(after) end
end
