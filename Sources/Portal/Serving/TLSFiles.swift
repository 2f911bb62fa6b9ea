package import Evidence
import Glibc
import NIOSSL

/// The certificate by which the pages are served encrypted, and its key, as PEM files.
package struct TLSFiles: Hashable, Sendable {
    package let certificate: String
    package let key: String

    package init(certificate: String, key: String) {
        (self.certificate, self.key) = (certificate, key)
    }

    /// TLS 1.2 or newer, with what the files hold now.
    ///
    /// - Throws: ``TLSFailure``.
    func configuration() throws(TLSFailure) -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            let key = try NIOSSLPrivateKey(file: self.key, format: .pem)
            guard !chain.isEmpty else { throw TLSFailure(files: self) }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            // That key and certificate belong together comes to light here.
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch {
            throw TLSFailure(files: self)
        }
    }

    /// What changes when a file is put in another's place.
    var stamp: [Int64] {
        [certificate, key].flatMap { path -> [Int64] in
            var status = stat()
            guard stat(path, &status) == 0 else { return [0] }
            return [
                Int64(status.st_ino), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
                Int64(status.st_size),
            ]
        }
    }
}

/// Certificate or key cannot be used.
package struct TLSFailure: Failure, Hashable {
    package let files: TLSFiles

    package var code: String { "malformed-setting" }
    package var disposition: Disposition { .quarantine }
    package var problem: Bilingual {
        Bilingual(
            "The certificate or its key cannot be used: \(files.certificate), \(files.key)",
            "证书或其私钥无法使用：\(files.certificate)、\(files.key)")
    }
    package var nextStep: Bilingual {
        Bilingual(
            "Both are PEM files that belong together, and the service may read them.",
            "两者应为相互匹配的 PEM 文件，且服务账号可以读取。")
    }
}
