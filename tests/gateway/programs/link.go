// Asks Ayrshare for a linking URL and opens it, with Go's own net/http.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	body, _ := json.Marshal(map[string]string{
		"domain":     os.Getenv("AYRSHARE_DOMAIN"),
		"privateKey": os.Getenv("AYRSHARE_PRIVATE_KEY"),
		"profileKey": os.Getenv("AYRSHARE_PROFILE_KEY"),
	})
	address := "https://api.ayrshare.com/api/profiles/generateJWT"
	request, _ := http.NewRequest("POST", address, bytes.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+os.Getenv("AYRSHARE_API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	answer := text(http.DefaultClient.Do(request))
	fmt.Println(answer)

	var made struct{ URL string }
	json.Unmarshal([]byte(answer), &made)
	page, err := http.Get(made.URL)
	if err != nil {
		panic(err)
	}
	fmt.Println(page.StatusCode)
}

func text(response *http.Response, err error) string {
	if err != nil {
		panic(err)
	}
	read, _ := io.ReadAll(response.Body)
	return string(read)
}
