-- Each request asks for a URL of its own, below the path that wrk was given.
local n = 0
function request()
  n = n + 1
  return wrk.format(nil, wrk.path .. n)
end
