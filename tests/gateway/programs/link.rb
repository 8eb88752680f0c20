# Asks Ayrshare for a linking URL and opens it, with Ruby's own Net::HTTP.
require "json"
require "net/http"

body = {
  domain: ENV["AYRSHARE_DOMAIN"],
  privateKey: ENV["AYRSHARE_PRIVATE_KEY"],
  profileKey: ENV["AYRSHARE_PROFILE_KEY"]
}
headers = {
  "Authorization" => "Bearer #{ENV["AYRSHARE_API_KEY"]}",
  "Content-Type" => "application/json"
}
address = URI("https://api.ayrshare.com/api/profiles/generateJWT")
answer = Net::HTTP.post(address, body.to_json, headers).body
puts answer
puts Net::HTTP.get_response(URI(JSON.parse(answer)["url"])).code
