import Evidence
import Glibc

/// Every recorder profile in use: a site's own first, then the built-in ones.
package struct ProfileCatalogue: Sendable {
    /// In the order in which they are asked. A site's own stand before ``builtIn``.
    package let site: [RecorderProfile]
    package let builtIn: [RecorderProfile]
    /// Files of the site that could not be understood; the others are in use.
    package let faults: [RecorderFailure]

    /// A new family is one file beside these and one line here.
    private static let embedded: [(name: String, bytes: [UInt8])] = [
        ("dsj", PackageResources.dsj_json),
        ("dcam", PackageResources.dcam_json),
        ("infodat", PackageResources.infodat_json),
        ("novatek", PackageResources.novatek_json),
        ("blackvue", PackageResources.blackvue_json),
        ("allwinner", PackageResources.allwinner_json),
        ("gopro", PackageResources.gopro_json),
        ("axis", PackageResources.axis_json),
        ("dcim", PackageResources.dcim_json),
        ("folder", PackageResources.folder_json),
    ]

    package var all: [RecorderProfile] { site + builtIn }

    /// What a volume that no profile knows is taken as: whole, with nothing left alone.
    package var folder: RecorderProfile {
        builtIn.first { $0.name == "folder" } ?? RecorderProfile(name: "folder")
    }

    /// The built-in profiles and, where a directory is named, the `*.json` in it, in the order of
    /// their names. A directory that is not there holds none.
    ///
    /// A malformed one is in ``faults``, with its file and member, and keeps no other from use.
    ///
    /// - Throws: ``RecorderFailure`` where the directory cannot be read.
    package static func load(directory: String?) throws -> ProfileCatalogue {
        var faults: [RecorderFailure] = []
        var builtIn: [RecorderProfile] = []
        for (name, bytes) in embedded {
            do { builtIn.append(try RecorderProfile(json: bytes)) } catch {
                faults.append(fault(file: "built-in " + name, error))
            }
        }
        var site: [RecorderProfile] = []
        for name in try names(in: directory) {
            let path = (directory ?? "") + "/" + name
            do {
                guard let bytes = SystemFiles.bytes(at: path, limit: RecorderProfile.sizeLimit + 1)
                else {
                    throw RecorderProfile.Malformed(member: "", problem: "cannot be read")
                }
                site.append(try RecorderProfile(json: bytes))
            } catch let error as RecorderProfile.Malformed {
                faults.append(fault(file: path, error))
            }
        }
        return ProfileCatalogue(site: site, builtIn: builtIn, faults: faults)
    }

    private static func fault(file: String, _ error: RecorderProfile.Malformed) -> RecorderFailure {
        let member = error.member.isEmpty ? "" : ", " + error.member
        return RecorderFailure(
            .malformedProfile, detail: SafeText.of("\(file)\(member): \(error.problem)"))
    }

    private static func names(in directory: String?) throws -> [String] {
        guard let directory else { return [] }
        guard let names = SystemFiles.names(in: directory) else {
            if errno == ENOENT { return [] }
            throw RecorderFailure.from(errno: errno, detail: directory)
        }
        return names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
    }
}
