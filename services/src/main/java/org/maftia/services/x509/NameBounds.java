package org.maftia.services.x509;

import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/** Names that issuers above may certify (RFC 5280, section 4.2.1.10): each issuer can only make them fewer. */
final class NameBounds {
    private final PKIXNameConstraintValidator bounds = new PKIXNameConstraintValidator();

    void add(NameConstraints constraints) {
        GeneralSubtree[] permitted = constraints.getPermittedSubtrees();
        if (permitted != null) {
            bounds.intersectPermittedSubtree(permitted);
        }
        GeneralSubtree[] excluded = constraints.getExcludedSubtrees();
        if (excluded != null) {
            for (GeneralSubtree one : excluded) {
                bounds.addExcludedSubtree(one);
            }
        }
    }

    boolean allow(X500Name subject) {
        if (subject.size() == 0) {
            return true; // names nobody
        }
        try {
            bounds.checkPermittedDN(subject);
            bounds.checkExcludedDN(subject);
            for (RDN part : subject.getRDNs()) {
                for (AttributeTypeAndValue value : part.getTypesAndValues()) {
                    if (value.getType().equals(BCStyle.EmailAddress)) {
                        String mailbox = IETFUtils.valueToString(value.getValue());
                        bounds.checkPermittedEmail(mailbox);
                        bounds.checkExcludedEmail(mailbox);
                    }
                }
            }
            return true;
        } catch (NameConstraintValidatorException e) {
            return false;
        }
    }

    boolean allow(GeneralName name) {
        try {
            bounds.checkPermitted(name);
            bounds.checkExcluded(name);
            return true;
        } catch (NameConstraintValidatorException e) {
            return false;
        }
    }
}
