package org.maftia.services.detection.coverage;

/** How well a class is seen at an asset. */
public enum Verdict {
    /** By no sensor. */
    BLIND,
    /** By sensors that may all fall together. */
    FRAGILE,
    /** By one correct sensor at least. */
    SEEN,
    /** By so many that the correct ones among them convince anybody. */
    CORROBORATED
}
