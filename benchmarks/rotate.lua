-- Sends a request whose profile key changes each time. The folder given as the only argument holds
-- the parts of the request: `before`, `keys` (a line for each) and `after`.

local before, keys, after = nil, {}, nil

local function text(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read("*a")
  file:close()
  return content
end

function init(arguments)
  before = text(arguments[1] .. "/before")
  after = text(arguments[1] .. "/after")
  for key in io.lines(arguments[1] .. "/keys") do
    keys[#keys + 1] = key
  end
  math.randomseed(os.time())
end

function request()
  return before .. keys[math.random(#keys)] .. after
end

function done(summary)
  local errors = summary.errors
  local failures = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  print(string.format("LOAD %d %d %d", summary.requests, failures, summary.duration))
end
