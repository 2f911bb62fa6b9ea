import Evidence
import Glibc

/// The folders below which recorders are mounted, as the daemon watches them.
enum DockRoots {
    /// The dock roots by their real paths, by which alone the system names a mount.
    ///
    /// One that is missing is made, where the folder it lies in is there.
    ///
    /// - Throws: `malformed-setting` for `/`, below which the system's own file systems lie;
    ///   `no-such-directory`.
    static func resolved(_ paths: [String]) throws -> [String] {
        try paths.map { path in
            if path == Settings.defaultDockRoot { mkdir(Settings.runDirectory, 0o755) }
            mkdir(path, 0o755)
            guard let real = LocalPath.resolved(path), LocalPath.isDirectory(real) else {
                throw AssemblyFailure(
                    .noSuchDirectory, subject: path,
                    wanted: Bilingual(
                        "Name the folder below which recorders are mounted: --dock-root DIR",
                        "请用 --dock-root 指定挂载记录仪的文件夹。"))
            }
            guard real != "/" else {
                throw AssemblyFailure(
                    .malformedSetting, subject: "dockRoots",
                    wanted: Bilingual(
                        "/ holds the whole system; name the folder below which recorders are mounted",
                        "/ 是整个系统的根目录；请指定挂载记录仪的文件夹"))
            }
            return real
        }
    }
}
