-- wrk: GET the paths of a file, one a line, in turn. The file's path is in the environment, and the token where there is one.
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do
  paths[#paths + 1] = line
end
local at = 0
local token = os.getenv("BENCH_TOKEN")
if token then
  wrk.headers["Authorization"] = "Bearer " .. token
end
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
