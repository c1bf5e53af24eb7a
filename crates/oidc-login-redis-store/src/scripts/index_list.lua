local found, all = {}, redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
    if is_session(all[at]) then
        local _, ends_at = member(all[at + 1])
        if ends_at > now() then
            found[#found + 1] = all[at]
            found[#found + 1] = all[at + 1]
        end
    end
end
return found
