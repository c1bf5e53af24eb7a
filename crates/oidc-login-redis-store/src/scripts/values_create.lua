if living() then return 0 end
put(ARGV[2])
return 1
