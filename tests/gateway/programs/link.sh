# Asks Ayrshare for a linking URL and opens it, with curl.
set -euo pipefail

answer=$(curl --silent --show-error https://api.ayrshare.com/api/profiles/generateJWT \
  -H "Authorization: Bearer $AYRSHARE_API_KEY" \
  -d "domain=$AYRSHARE_DOMAIN" \
  -d "profileKey=$AYRSHARE_PROFILE_KEY" \
  --data-urlencode "privateKey=$AYRSHARE_PRIVATE_KEY")
echo "$answer"

url=$(sed -E 's/.*"url":"([^"]+)".*/\1/' <<<"$answer")
curl --silent --show-error --output /dev/null --write-out '%{http_code}\n' "$url"
