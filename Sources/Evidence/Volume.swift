/// A mounted file system below a dock root, or a plain folder named by hand.
package struct Volume: Hashable, Sendable {
    /// Where it stands in our tree.
    package let mountPoint: String
    /// The block device or source, as mountinfo has it; empty for a plain folder.
    package let source: String
    /// `vfat`, `exfat`, `fuseblk`, `ext4`, …; empty for a plain folder.
    package let fileSystem: String
    /// Mounted `ro`, or its device is read-only. A plain folder is not.
    package let isReadOnly: Bool
    /// Named by hand, not a mount of its own.
    package let isFolder: Bool
    package let label: String?
    /// The file system's own number (UUID or FAT serial), where it could be read.
    package let serial: String?
    /// The device number, as mountinfo writes it (`8:17`); tells a mount from its successor.
    package let device: String

    package init(
        mountPoint: String, source: String, fileSystem: String, isReadOnly: Bool, isFolder: Bool,
        label: String?, serial: String?, device: String
    ) {
        (self.mountPoint, self.source, self.fileSystem) = (mountPoint, source, fileSystem)
        (self.isReadOnly, self.isFolder) = (isReadOnly, isFolder)
        (self.label, self.serial, self.device) = (label, serial, device)
    }
}

/// What a file on a recorder is for, told by its name and place alone.
package enum FileRole: String, Sendable, CaseIterable {
    case video, audio, photo
    /// Belongs to footage: checksum, telemetry, log, subtitle, thumbnail.
    case sidecar
    /// Anything else. It is taken like everything.
    case other

    /// Only footage's digests stand in leaves; what is small and could be guessed stands in rows.
    package var isFootage: Bool {
        switch self {
        case .video, .audio, .photo: true
        case .sidecar, .other: false
        }
    }
}

/// What a recorder claims in a file's name. Nothing here is believed, and nothing is mended.
package struct NameClaims: Hashable, Sendable {
    package var device: String?
    package var officer: String?
    /// As written: local time with no zone, unless `capturedIsUTC`.
    package var captured: CivilTime?
    package var capturedIsUTC = false
    package var sequence: Int64?
    /// `F`, `R`, `A`, `B`, … where a recorder has several cameras.
    package var channel: String?
    /// `important`, `sos`, `event`, `parking`, …
    package var marks: [String] = []
    /// The name says that the footage is encrypted (`_enc`).
    package var isEncrypted = false

    package init() {}
}

/// One file of a visit, as the listing found it.
package struct FootageFile: Hashable, Sendable {
    package let path: RecorderPath
    package let size: Int64
    /// The file system's change time: whole seconds since 1970 and nanoseconds.
    package let modified: FileTime
    package let role: FileRole
    package let claims: NameClaims
    /// The footage this belongs to, where it is a sidecar and its footage is on the card.
    package let sidecarOf: RecorderPath?

    package init(
        path: RecorderPath, size: Int64, modified: FileTime, role: FileRole, claims: NameClaims,
        sidecarOf: RecorderPath? = nil
    ) {
        (self.path, self.size, self.modified) = (path, size, modified)
        (self.role, self.claims, self.sidecarOf) = (role, claims, sidecarOf)
    }
}

/// A time of a file system, to the nanosecond.
package struct FileTime: Hashable, Sendable, CustomStringConvertible {
    package let seconds: Int64
    package let nanoseconds: Int32

    package init(seconds: Int64, nanoseconds: Int32) {
        (self.seconds, self.nanoseconds) = (seconds, nanoseconds)
    }

    /// RFC 3339 in UTC, with as many decimals as are not zero.
    package var description: String {
        var text = CivilTime(secondsSince1970: seconds).description
        if nanoseconds != 0 {
            var fraction = pad(Int(nanoseconds), 9)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += "." + fraction
        }
        return text + "Z"
    }

    /// Reads what `description` writes.
    package init?(_ text: String) {
        guard text.hasSuffix("Z"), let civil = CivilTime(String(text.prefix(19))) else {
            return nil
        }
        var nanoseconds: Int32 = 0
        let rest = text.dropFirst(19).dropLast()
        if !rest.isEmpty {
            guard rest.hasPrefix("."), rest.count <= 10,
                let fraction = Int32(
                    rest.dropFirst() + String(repeating: "0", count: 10 - rest.count))
            else { return nil }
            nanoseconds = fraction
        }
        self.init(seconds: civil.secondsSince1970, nanoseconds: nanoseconds)
    }
}

/// Whose recorder was docked.
package enum RecorderSource: String, Sendable, CaseIterable {
    case court
    /// A notary's, who recorded as a neutral third party.
    case notary
}

/// A docked recorder, recognised and listed: what the conductor walks through the stages.
package struct RecorderVisit: Sendable {
    package struct Refused: Hashable, Sendable {
        package let path: RecorderPath
        /// A constant word: `symbolic-link`, `not-a-regular-file`, `hard-link`, `too-deep`, …
        package let code: String
        package let reason: Bilingual

        package init(path: RecorderPath, code: String, reason: Bilingual) {
            (self.path, self.code, self.reason) = (path, code, reason)
        }
    }

    package let volume: Volume
    /// The profile's name, such as `dcam`; `folder` where none knew the volume.
    package let profile: String
    package let model: String?
    /// The recorder's own number, from a name, the label or `Info.dat`; else the volume's serial.
    package let recorder: String?
    /// The officer the recorder claims; `000000` means nobody and is left out.
    package let officer: String?
    package let zone: ZoneOffset
    /// In the order of their paths' bytes.
    package let files: [FootageFile]
    package let refused: [Refused]
    /// Unfinished files that were left alone (`Temp/`, dot files, `.publishing-*`).
    package let unfinished: Int
    package let unfinishedBytes: Int64
    /// What the listing found odd: no profile knew it, names of two recorders, missing numbers.
    package let findings: [Finding]
    /// Whose it is, as somebody said or as its number claims.
    package let source: RecorderSource

    package init(
        volume: Volume, profile: String, model: String?, recorder: String?, officer: String?,
        zone: ZoneOffset, files: [FootageFile], refused: [Refused], unfinished: Int,
        unfinishedBytes: Int64, findings: [Finding], source: RecorderSource = .court
    ) {
        self.source = source
        (self.volume, self.profile, self.model) = (volume, profile, model)
        (self.recorder, self.officer, self.zone) = (recorder, officer, zone)
        (self.files, self.refused, self.unfinished) = (files, refused, unfinished)
        (self.unfinishedBytes, self.findings) = (unfinishedBytes, findings)
    }
}
