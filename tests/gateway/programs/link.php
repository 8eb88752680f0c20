<?php
// Asks Ayrshare for a linking URL and opens it, with PHP's curl.
$curl = curl_init("https://api.ayrshare.com/api/profiles/generateJWT");
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [
        "Authorization: Bearer " . getenv("AYRSHARE_API_KEY"),
        "Content-Type: application/json",
    ],
    CURLOPT_POSTFIELDS => json_encode([
        "domain" => getenv("AYRSHARE_DOMAIN"),
        "privateKey" => getenv("AYRSHARE_PRIVATE_KEY"),
        "profileKey" => getenv("AYRSHARE_PROFILE_KEY"),
    ]),
]);
$answer = curl_exec($curl) or exit(curl_error($curl));
echo $answer, "\n";

$page = curl_init(json_decode($answer)->url);
curl_setopt($page, CURLOPT_RETURNTRANSFER, true);
curl_exec($page);
echo curl_getinfo($page, CURLINFO_RESPONSE_CODE), "\n";
