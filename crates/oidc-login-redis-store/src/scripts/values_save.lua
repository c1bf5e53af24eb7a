if living() then put(ARGV[2]) end
