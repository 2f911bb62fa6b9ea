package import Evidence

/// What a file is for, by its extension alone: nothing is left behind for its extension.
package enum FileKind {
    private static let roles: [String: FileRole] = {
        var roles: [String: FileRole] = [:]
        let kinds: [(FileRole, String)] = [
            (
                .video,
                """
                mp4 mov m4v avi mkv webm ts mts m2ts m2t mpg mpeg vob 3gp 3g2 wmv asf flv ogv mxf \
                360 insv dav h264 h265 264 265 hevc
                """
            ),
            (.audio, "wav mp3 aac amr awb m4a ogg oga opus flac wma caf"),
            (.photo, "jpg jpeg jpe png bmp gif tif tiff heic heif webp dng"),
            (
                .sidecar,
                "md5 sha256 sm3 nmea gps log srt vtt txt dat 3gf thm lrv gpx kml csv"
            ),
        ]
        for (role, names) in kinds {
            for name in names.split(separator: " ") { roles[String(name)] = role }
        }
        return roles
    }()

    /// - Parameter sidecars: extensions that the recorder's profile adds.
    package static func role(of path: RecorderPath, sidecars: Set<String> = []) -> FileRole {
        role(ofEnding: PathParts(path).ending, sidecars: sidecars)
    }

    static func role(ofEnding ending: String, sidecars: Set<String> = []) -> FileRole {
        sidecars.contains(ending) ? .sidecar : roles[ending] ?? .other
    }

    static func isFootage(ending: String) -> Bool { roles[ending]?.isFootage ?? false }
}
