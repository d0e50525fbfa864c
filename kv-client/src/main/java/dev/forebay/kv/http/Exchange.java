package dev.forebay.kv.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.ByteString;

/**
 * One call of OkHttp that can be interrupted, and that knows whether its request had left.
 *
 * <p>"Left" means that the last byte was handed over: a server that lacks the end of a body cannot
 * have applied it.
 */
final class Exchange implements Callback {

  /** A whole answer. */
  record Answer(int status, Headers headers, ByteString body) {}

  private static final class Progress {
    volatile boolean sent;
  }

  private final Call call;
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private volatile int status;
  private volatile Headers headers = Headers.EMPTY;

  Exchange(Call call) {
    this.call = call;
  }

  /**
   * A client for exchanges: no retries or redirects of its own, threads that end with their call.
   */
  static OkHttpClient client(OkHttpClient base, Duration callTimeout) {
    Dispatcher dispatcher =
        new Dispatcher(
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kv-client-", 0).factory()));
    dispatcher.setMaxRequests(Integer.MAX_VALUE);
    dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
    return base.newBuilder()
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool())
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .callTimeout(callTimeout)
        .connectTimeout(callTimeout)
        .readTimeout(callTimeout)
        .writeTimeout(callTimeout)
        .eventListenerFactory(call -> new SentListener(progress(call)))
        .addNetworkInterceptor(Exchange::hideRetryAfterZero)
        .build();
  }

  /** OkHttp repeats a 503 with {@code Retry-After: 0} by itself; that attempt would not be ours. */
  private static Response hideRetryAfterZero(okhttp3.Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    return response.code() == 503
        ? response.newBuilder().removeHeader("Retry-After").build()
        : response;
  }

  private static Progress progress(Call call) {
    Progress progress = call.request().tag(Progress.class);
    return progress == null ? new Progress() : progress;
  }

  /** Whether the whole request had left. */
  boolean sent() {
    return progress(call).sent;
  }

  /** The status, 0 before the answer's first line. */
  int status() {
    return status;
  }

  /** The headers of the answer, empty before they are there. */
  Headers headers() {
    return headers;
  }

  /**
   * Sends and waits for the whole answer; an interruption cancels the call.
   *
   * @throws IOException if there is no whole answer
   */
  Answer await() throws IOException, InterruptedException {
    try {
      call.enqueue(this);
      return answer.get();
    } catch (InterruptedException e) {
      call.cancel();
      throw e;
    } catch (RejectedExecutionException e) {
      throw new IOException("the client is closed", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  @Override
  public void onFailure(Call failed, IOException e) {
    answer.completeExceptionally(e);
  }

  @Override
  public void onResponse(Call answered, Response response) {
    status = response.code();
    headers = response.headers();
    try (response) {
      answer.complete(new Answer(status, response.headers(), response.body().byteString()));
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
  }

  /** A request builder whose progress an exchange can follow. */
  static Request.Builder followed(Request.Builder request) {
    return request.tag(Progress.class, new Progress());
  }

  private static final class SentListener extends EventListener {
    private final Progress progress;

    SentListener(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
      if (request.body() == null) {
        progress.sent = true;
      }
    }

    @Override
    public void requestBodyEnd(Call call, long byteCount) {
      progress.sent = true;
    }
  }
}
