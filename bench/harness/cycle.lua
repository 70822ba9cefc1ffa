-- Asks for one URL after the other below the path that wrk was given, as many as its argument says, and begins again at the end: each is asked for as long after the
-- last time as can be.
local n = 0
local urls
function init(args)
  urls = tonumber(args[1])
end
function request()
  n = (n + 1) % urls
  return wrk.format(nil, wrk.path .. n)
end
