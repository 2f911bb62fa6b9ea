import CaseIndex
import Evidence
import Fixity
import Glibc
import Recorders

/// Recognises files that were taken at an earlier docking, so that new ones go first.
///
/// It decides the order only: everything recognised here is read again and confirmed by digest.
enum SeenBefore {
    /// What the index knows of this very file, where all of it agrees: recorder, volume serial,
    /// path, size, change time, and the bytes at its start, middle and end. A doubtful clock or
    /// anything unreadable makes it new.
    static func known(
        _ file: FootageFile, visit: RecorderVisit, tree: RecorderTree, index: IndexReader,
        now: Timestamp
    ) throws -> KnownFile? {
        guard !isClockDoubtful(file.modified, now: now),
            let known = try index.knownFile(
                recorder: visit.recorder, volumeSerial: visit.volume.serial, path: file.path,
                size: file.size, modified: file.modified)
        else { return nil }
        guard let descriptor = try? tree.open(file.path) else { return nil }
        defer { close(descriptor) }
        return probe(of: descriptor, size: file.size) == known.probe ? known : nil
    }

    /// SHA-256 over ``VaultedItem/probeRanges(size:)``; nil where a range cannot be read.
    static func probe(of descriptor: CInt, size: Int64) -> SHA256Digest? {
        var bytes: [UInt8] = []
        for range in VaultedItem.probeRanges(size: size) {
            var offset = range.lowerBound
            var buffer = [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound))
            while offset < range.upperBound {
                let count = buffer.withUnsafeMutableBytes { buffer in
                    pread(
                        descriptor, buffer.baseAddress, Int(range.upperBound - offset),
                        off_t(offset))
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return nil }
                bytes += buffer[..<count]
                offset += Int64(count)
            }
        }
        return SHA256Digest.of(bytes)
    }

    /// A time a recorder shows when its clock was never set, or one that has not come yet.
    private static func isClockDoubtful(_ time: FileTime, now: Timestamp) -> Bool {
        let year = CivilTime(secondsSince1970: time.seconds).year
        return year <= 2000 || time.seconds > now.milliseconds / 1000 + 86_400
    }
}
