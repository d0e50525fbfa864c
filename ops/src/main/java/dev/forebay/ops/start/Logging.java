package dev.forebay.ops.start;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where log lines go. The default, {@code logback.xml}, is right for production. */
public final class Logging {

  private Logging() {}

  /** From now on the console shows warnings and errors only, and a bounded file everything. */
  public static void toFile(Path file) {
    LoggerContext context = context();
    context.reset();
    context.putProperty("forebay.log", file.toString());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try (InputStream configuration = Logging.class.getResourceAsStream("/logback-dev.xml")) {
      configurator.doConfigure(configuration);
    } catch (JoranException | IOException e) {
      throw new IllegalStateException("logback-dev.xml cannot be read", e);
    }
  }

  /** Silences the console: while everything goes down, lost connections are no news. */
  public static void silenceConsole() {
    ch.qos.logback.classic.Logger root = context().getLogger(Logger.ROOT_LOGGER_NAME);
    Appender<?> console = root.getAppender("console");
    if (console != null) {
      console.stop();
    }
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
