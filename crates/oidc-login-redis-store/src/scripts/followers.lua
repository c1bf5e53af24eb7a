local found, all = {}, redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
    if tonumber(all[at + 1]) > now() then found[#found + 1] = all[at] end
end
return found
