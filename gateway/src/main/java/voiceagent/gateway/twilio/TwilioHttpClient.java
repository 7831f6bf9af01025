package voiceagent.gateway.twilio;

import com.twilio.http.HttpClient;
import com.twilio.http.NetworkHttpClient;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.Timeout;

/// The HTTP client that Twilio's SDK uses, with short deadlines.
final class TwilioHttpClient {
  private static final Timeout CONNECT_WITHIN = Timeout.of(Duration.ofSeconds(2));
  private static final Timeout ANSWER_WITHIN = Timeout.of(Duration.ofSeconds(3));

  private TwilioHttpClient() {}

  /// @param base where requests go, whatever host the SDK has built in
  static HttpClient to(URI base) {
    HttpRoute route =
        new HttpRoute(
            new HttpHost(base.getScheme(), base.getHost(), port(base)), null, isTls(base));
    return new NetworkHttpClient(
        HttpClientBuilder.create()
            .setRoutePlanner((_, _) -> route)
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(CONNECT_WITHIN)
                            .setSocketTimeout(ANSWER_WITHIN)
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(CONNECT_WITHIN)
                    .setResponseTimeout(ANSWER_WITHIN)
                    .build()));
  }

  private static boolean isTls(URI base) {
    return "https".equals(base.getScheme());
  }

  private static int port(URI base) {
    return base.getPort() > 0 ? base.getPort() : isTls(base) ? 443 : 80;
  }
}
