-- wrk script: one of many paths at random. PATHS a file with one path a line.
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
math.randomseed(os.time())

function request()
  return wrk.format("GET", paths[math.random(#paths)], {["User-Agent"] = os.getenv("AGENT")})
end
