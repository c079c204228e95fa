package org.maftia.wormhole;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** What must be believed is small and stands on nothing: these rules keep it so. */
class ArchitectureTest {
    private static final JavaClasses WORMHOLE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.maftia.wormhole");

    @Test
    void theModuleNeedsNothingButTheBaseOfJava() {
        classes()
                .that()
                .resideOutsideOfPackage("..wormhole.card..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.maftia.wormhole..",
                        "org.jspecify..",
                        "jdk.net..",
                        "java.lang..",
                        "java.io..",
                        "java.math..",
                        "java.net..",
                        "java.nio..",
                        "java.security..",
                        "java.time..",
                        "java.util..",
                        "javax.crypto..")
                .check(WORMHOLE);
    }

    @Test
    void onlyTheHostOfACardNeedsMore() {
        classes()
                .that()
                .resideInAPackage("..wormhole.card")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.maftia.wormhole..", "org.jspecify..", "java..", "javax.smartcardio..")
                .check(WORMHOLE);
        noClasses()
                .that()
                .resideOutsideOfPackage("..wormhole.card..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..wormhole.card..")
                .check(WORMHOLE);
    }

    /** What a card's virtual machine has; its converter refuses the rest. */
    @Test
    void theAppletNeedsNothingButTheCard() {
        classes()
                .that()
                .resideInAPackage("..card.applet..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("javacard..", "..card.applet..", "java.lang", "org.jspecify..")
                .check(WORMHOLE);
        noFields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAPackage("..card.applet..")
                .should()
                .haveRawType(long.class)
                .orShould()
                .haveRawType(int.class)
                .orShould()
                .haveRawType(String.class)
                .check(WORMHOLE);
    }

    @Test
    void theTrustedComponentIsPure() {
        noClasses()
                .that()
                .resideInAnyPackage("..trusted..", "..certificate..", "..frame..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "jdk.net..",
                        "java.lang.foreign..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, Clock.class, ProcessBuilder.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .because("clocks, randomness and records are handed in, so that all back ends run the same component")
                .check(WORMHOLE);
    }

    @Test
    void theTrustedComponentKnowsNoHost() {
        classes()
                .that()
                .resideInAPackage("..trusted..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.crypto..",
                        "org.jspecify..",
                        "org.maftia.wormhole",
                        "..certificate..",
                        "..frame..",
                        "..trusted..")
                .check(WORMHOLE);
    }

    @Test
    void whatACertificateSaysDependsOnNothing() {
        classes()
                .that()
                .resideInAPackage("..certificate..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "..certificate..")
                .check(WORMHOLE);
    }
}
