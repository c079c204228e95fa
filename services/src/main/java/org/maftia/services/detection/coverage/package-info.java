/**
 * Which sensors together see which attacks, and what remains of it when an intruder holds some of them.
 *
 * <p>A class of attacks is a technique on a platform, visible in some data; a sensor sees it at an asset if the asset is in
 * its scope, the data among its sources and not encrypted for it, and one of its rules is about the technique.
 * {@link org.maftia.services.detection.coverage.Coverage} says of each class and asset who sees it and why the others do
 * not, and judges that by the same fault structure as replicas use: blind, fragile, seen, corroborated.
 * {@link org.maftia.services.detection.coverage.SensorSelection} finds the cheapest sensors that suffice, and
 * {@link org.maftia.services.detection.coverage.VoteBounds} what voting among them would miss, whatever hangs together.
 *
 * <p>Argument: sensors inside one fault set may lie or be silent together. So a class is seen only if its sensors are a
 * kernel, one of which is then correct; and an alarm about it is beyond doubt only if those sensors that are correct form a
 * kernel themselves, that is, if all of them lie in no union of two fault sets.
 *
 * <p>Source: Alessandri, "Attack-class-based analysis of intrusion detection systems" (PhD thesis, Newcastle, 2004).
 */
@NullMarked
package org.maftia.services.detection.coverage;

import org.jspecify.annotations.NullMarked;
