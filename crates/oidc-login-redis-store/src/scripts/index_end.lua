-- The sessions stay until each is ended: a node that dies in between leaves them to be found again.
local logged_in_until, kept_for = ARGV[2], tonumber(ARGV[3])
if kept_for > 0 then
    local marked, latest = marked_until(), logged_in_until
    if marked and tonumber(marked) > tonumber(latest) then latest = marked end
    redis.call('HSET', KEYS[1], 'u', latest, 'k', string.format('%.0f', now() + kept_for))
    keep_for(kept_for)
end
local found, all = {}, redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
    if is_session(all[at]) then
        local logged_in_at, ends_at = member(all[at + 1])
        if ends_at > now() and logged_in_at <= tonumber(logged_in_until) then
            found[#found + 1] = all[at]
        end
    end
end
return found
