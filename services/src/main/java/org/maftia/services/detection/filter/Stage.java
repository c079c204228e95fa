package org.maftia.services.detection.filter;

/** Where a filter stands in its life. */
public enum Stage {
    /** A cluster that the miner found. */
    MINED,
    /** Somebody with a name wrote down its cause. */
    EXPLAINED,
    /** It tags alarms, and hides none. */
    SHADOW,
    /** Officers agreed that it may work. */
    APPROVED,
    /** It hides alarms. */
    ACTIVE,
    /** It broke its limits, or hid a part of an incident: it hides nothing until it is approved again. */
    TRIPPED,
    /** Its time is over. */
    EXPIRED,
    /** Taken back, for good. */
    REVOKED;

    /** Whether this may follow. Nothing leads to ACTIVE but an approval, and nothing leads away from REVOKED. */
    public boolean allows(Stage next) {
        return switch (this) {
            case MINED -> next == EXPLAINED || next == REVOKED;
            case EXPLAINED -> next == SHADOW || next == REVOKED;
            case SHADOW -> next == APPROVED || next == TRIPPED || next == REVOKED || next == EXPIRED;
            case APPROVED -> next == ACTIVE || next == TRIPPED || next == REVOKED || next == EXPIRED;
            case ACTIVE -> next == TRIPPED || next == REVOKED || next == EXPIRED;
            case TRIPPED -> next == APPROVED || next == REVOKED || next == EXPIRED;
            case EXPIRED -> next == SHADOW || next == REVOKED;
            case REVOKED -> false;
        };
    }
}
