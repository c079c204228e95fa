/**
 * Filters: clusters whose alarms people decided not to see. A filter hides what it was learnt from and never more: its type
 * is one type, each hour has a limit, it expires, a part of what it takes is drawn for people to look at, and everything it
 * takes is kept and counted. It becomes active only by a decision of people, and whatever is unknown counts against it.
 *
 * {@snippet lang="java" :
 * FilterSet set = FilterSet.empty(hierarchies).proposed(clusters, now, days);
 * Enforcer enforcer = new Enforcer(set, gates, seed, now);
 * switch (enforcer.decide(alarm).kind()) {
 *     case SHOWN, TAGGED, OPENED -> show(alarm);
 *     case SUPPRESSED, AUDITED -> store(alarm);   // and show it if it is AUDITED
 * }
 * }
 */
@NullMarked
package org.maftia.services.detection.filter;

import org.jspecify.annotations.NullMarked;
