package org.maftia.wormhole.conformance;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** The kit without JUnit in between, for back ends that must fail. */
public final class KitRun {
    private KitRun() {}

    /**
     * Runs tests of the kit, each with a fixture of its own; gives the names of those that failed.
     *
     * @param names which tests; none for all
     */
    public static List<String> failures(Callable<Fixture> fixture, String... names)
            throws ReflectiveOperationException {
        List<String> failures = new ArrayList<>();
        for (Method method : ConformanceKit.class.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Test.class)
                    && (names.length == 0 || Arrays.asList(names).contains(method.getName()))
                    && !passes(fixture, method)) {
                failures.add(method.getName());
            }
        }
        return failures;
    }

    private static boolean passes(Callable<Fixture> fixture, Method method) throws ReflectiveOperationException {
        ConformanceKit kit = new ConformanceKit() {
            @Override
            protected Fixture fixture() throws Exception {
                return fixture.call();
            }
        };
        try {
            kit.open();
            method.setAccessible(true);
            method.invoke(kit);
            return true;
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof TestAbortedException;
        } catch (ReflectiveOperationException e) {
            throw e; // of the test's own doing
        } catch (Exception e) {
            return false; // it does not even begin
        } finally {
            end(kit);
        }
    }

    private static void end(ConformanceKit kit) {
        try {
            kit.shut();
        } catch (Exception e) {
            throw new IllegalStateException("a fixture does not end", e);
        }
    }
}
