package org.maftia.server.console;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Sets logging up in code, as a configuration file costs every short command its parsing. Without further ado only
 * warnings are printed, on standard error; a replica logs to files, which are bounded.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{0}: %msg%n";

    /** Enough to read what happened, little enough for a replica that is flooded. */
    private static final long FILE_LENGTH_MAX = 8 << 20;

    private static final int OLD_FILES = 3;

    /**
     * Warns, with a stack trace, of every client that goes away in the middle of an answer: who does so again and again would push
     * out of the files what counts.
     */
    private static final String BROKEN_ANSWERS = "io.helidon.webserver.http.ErrorHandlers";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.err");
        install(context, appender, Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** From here on this process logs into {@code replica.log} in a directory, and into nothing else. */
    public static void toFile(Path directory) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        String file = directory.resolve("replica.log").toString();
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(file);
        FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setMaxIndex(OLD_FILES);
        rolling.setFileNamePattern(file + ".%i");
        rolling.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
        trigger.setContext(context);
        trigger.setMaxFileSize(new FileSize(FILE_LENGTH_MAX));
        trigger.start();
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(trigger);
        install(context, appender, Level.INFO);
    }

    /** From here on these loggers, whose warnings nobody can do anything about, tell of errors only. */
    public static void errorsOnly(String... loggers) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        for (String logger : loggers) {
            context.getLogger(logger).setLevel(Level.ERROR);
        }
    }

    private static void install(
            LoggerContext context, OutputStreamAppender<ILoggingEvent> appender, Level levelOfMaftia) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
        root.setLevel(Level.WARN);
        context.getLogger("org.maftia").setLevel(levelOfMaftia);
        context.getLogger(BROKEN_ANSWERS).setLevel(Level.ERROR);
    }
}
