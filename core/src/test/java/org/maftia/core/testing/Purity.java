package org.maftia.core.testing;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/**
 * What makes a module pure, as rules on its class files: same inputs, same outputs, bit for bit, on every machine. Held
 * against core and services. What class files do not show (floating point inside a method, iteration in hash order) the
 * lint of the sources looks for.
 */
public final class Purity {
    /** Of java.io: a growing array, and the exceptions that libraries declare for encoding into one. */
    private static final Class<?>[] IN_MEMORY = {
        java.io.ByteArrayOutputStream.class, java.io.IOException.class, java.io.UncheckedIOException.class
    };

    private Purity() {}

    /** Every rule; each says in its reason what would go wrong. */
    public static List<ArchRule> rules() {
        return List.of(
                noClasses()
                        .should()
                        .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(
                                        "java.io..",
                                        "java.net..",
                                        "java.nio.channels..",
                                        "java.nio.file..",
                                        "java.sql..",
                                        "java.util.logging..",
                                        "java.lang.reflect..",
                                        "java.util.concurrent..",
                                        "java.lang.foreign..",
                                        "org.slf4j..")
                                .and(DescribedPredicate.not(JavaClass.Predicates.belongToAnyOf(IN_MEMORY))))
                        .because("a pure module does no I/O, logs nothing, starts nothing and shares nothing"),
                noClasses()
                        .should()
                        .dependOnClassesThat(JavaClass.Predicates.belongToAnyOf(
                                java.util.Random.class,
                                java.security.SecureRandom.class,
                                java.util.SplittableRandom.class,
                                java.util.UUID.class,
                                java.util.random.RandomGenerator.class))
                        .because("randomness is an input"),
                noClasses()
                        .should()
                        .dependOnClassesThat(JavaClass.Predicates.belongToAnyOf(
                                Thread.class,
                                ThreadLocal.class,
                                ThreadGroup.class,
                                Runtime.class,
                                Process.class,
                                java.time.Clock.class,
                                java.util.Timer.class))
                        .because("time and threads belong to the shell"),
                noClasses()
                        .should()
                        .callMethodWhere(target(nameMatching(
                                        "currentTimeMillis|nanoTime|getenv|getProperty|identityHashCode|exit|gc"))
                                .and(target(owner(JavaClass.Predicates.belongToAnyOf(System.class)))))
                        .because("the machine must not show through"),
                noClasses()
                        .should()
                        .callMethodWhere(target(name("now"))
                                .and(target(owner(JavaClass.Predicates.resideInAPackage("java.time..")))))
                        .because("time is an input"),
                noClasses()
                        .should()
                        .callMethodWhere(target(nameMatching("parallel|parallelStream")))
                        .because("parallel streams run in any order"),
                noClasses()
                        .should()
                        .callMethodWhere(target(nameMatching("of|copyOf|ofEntries"))
                                .and(target(owner(
                                        JavaClass.Predicates.belongToAnyOf(java.util.Set.class, java.util.Map.class)))))
                        .because("Set.of and Map.of iterate in an order drawn anew by every process"),
                noClasses()
                        .should()
                        .callMethodWhere(
                                target(nameMatching("toSet|toUnmodifiableSet|toMap|toUnmodifiableMap|groupingBy"))
                                        .and(target(owner(JavaClass.Predicates.belongToAnyOf(
                                                java.util.stream.Collectors.class)))))
                        .because("these collect in hash order"),
                noClasses()
                        .should()
                        .callMethod(Math.class, "random")
                        .orShould()
                        .callMethod(String.class, "getBytes")
                        .orShould()
                        .callMethod(String.class, "toLowerCase")
                        .orShould()
                        .callMethod(String.class, "toUpperCase")
                        .orShould()
                        .callMethod(String.class, "format", String.class, Object[].class)
                        .orShould()
                        .callMethod(String.class, "formatted", Object[].class)
                        .because("chance, default charset and default locale differ from machine to machine"),
                noClasses()
                        .should()
                        .dependOnClassesThat(JavaClass.Predicates.belongToAnyOf(
                                Double.class, Float.class, StrictMath.class, java.util.stream.DoubleStream.class))
                        .orShould()
                        .callMethodWhere(DescribedPredicate.describe(
                                "take or give a floating-point number",
                                call -> isFloating(call.getTarget().getRawReturnType())
                                        || call.getTarget().getRawParameterTypes().stream()
                                                .anyMatch(Purity::isFloating)))
                        .because("services and protocols count; they do not estimate"));
    }

    private static boolean isFloating(JavaClass type) {
        return type.isEquivalentTo(double.class) || type.isEquivalentTo(float.class);
    }
}
