package org.maftia.services;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.testing.Purity;

/** Services are pure, know core and their format libraries, and never see each other. */
class ArchitectureTest {
    private static final JavaClasses SERVICES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.maftia.services");

    @TestFactory
    Stream<DynamicTest> servicesArePure() {
        return Purity.rules().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(SERVICES)));
    }

    @Test
    void servicesDoNotSeeEachOther() {
        slices().matching("org.maftia.services.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        DescribedPredicate.alwaysTrue(),
                        JavaClass.Predicates.resideInAPackage("org.maftia.services.jose")) // a format, no service
                .ignoreDependency(
                        DescribedPredicate.alwaysTrue(),
                        JavaClass.Predicates.resideInAPackage("org.maftia.services.x509")) // the same
                .ignoreDependency(
                        DescribedPredicate.alwaysTrue(),
                        JavaClass.Predicates.resideInAPackage("org.maftia.services.allowance")) // a count, no service
                .check(SERVICES);
    }

    @Test
    void servicesKnowCoreAndFormatsOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        "org.bouncycastle..",
                        "com.fasterxml.jackson..",
                        "org.maftia.core..",
                        "org.maftia.services..")
                .check(SERVICES);
    }

    @Test
    void theAuthorityTouchesFormatLibrariesInItsCodecPackagesOnly() {
        noClasses()
                .that()
                .resideInAPackage("org.maftia.services.authority")
                .or()
                .resideInAPackage("org.maftia.services.authority.acme")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .because("ASN.1 and curves are behind authority.pki")
                .check(SERVICES);
        noClasses()
                .that()
                .resideInAPackage("org.maftia.services.authority")
                .or()
                .resideInAPackage("org.maftia.services.authority.pki")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson..")
                .because("JSON is behind authority.acme")
                .check(SERVICES);
    }

    @Test
    void theProviderLeavesCertificatesToTheirFormat() {
        noClasses()
                .that()
                .resideInAPackage("org.maftia.services.openid..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle.asn1..")
                .because("ASN.1 is behind x509")
                .check(SERVICES);
    }

    @Test
    void servicesDoNotKnowHowTheLogIsOrdered() {
        noClasses()
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(
                                "org.maftia.core.ordering..",
                                "org.maftia.core.agreement..",
                                "org.maftia.core.broadcast..",
                                "org.maftia.core.protocol..")
                        .and(DescribedPredicate.not(
                                JavaClass.Predicates.belongToAnyOf(RequestId.class, Invariant.class))))
                .because("a service is a state machine on the log: of its order it sees the names of requests")
                .check(SERVICES);
    }
}
