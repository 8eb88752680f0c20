// Asks Ayrshare for a linking URL and opens it, with Java's own HttpClient.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Pattern;

class Link {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        String body = String.format(
            "{\"domain\": \"%s\", \"privateKey\": \"%s\", \"profileKey\": \"%s\"}",
            System.getenv("AYRSHARE_DOMAIN"),
            System.getenv("AYRSHARE_PRIVATE_KEY").replace("\n", "\\n"),
            System.getenv("AYRSHARE_PROFILE_KEY"));
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("https://api.ayrshare.com/api/profiles/generateJWT"))
                .header("Authorization", "Bearer " + System.getenv("AYRSHARE_API_KEY"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        String answer = CLIENT.send(request, BodyHandlers.ofString()).body();
        System.out.println(answer);

        var url = Pattern.compile("\"url\":\"([^\"]+)\"").matcher(answer);
        url.find();
        HttpRequest page = HttpRequest.newBuilder(URI.create(url.group(1))).build();
        System.out.println(CLIENT.send(page, BodyHandlers.discarding()).statusCode());
    }
}
