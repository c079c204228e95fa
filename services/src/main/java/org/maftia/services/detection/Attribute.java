package org.maftia.services.detection;

/** What alarms are compared by, in the order in which ties are broken. */
public enum Attribute {
    TYPE("type"),
    SRC("src"),
    DST("dst"),
    DST_PORT("dstPort"),
    HOST("host"),
    HOUR("hour");

    private final String text;

    Attribute(String text) {
        this.text = text;
    }

    /** Its name in documents and on screens. */
    public String text() {
        return text;
    }

    /** Whether it names a part of the network rather than what happened or when. */
    public boolean isEntity() {
        return this == SRC || this == DST || this == HOST;
    }
}
