//! Options: SSH: SFTP and SCP.

use crate::options::values::auth::SshAuth;

#[rustfmt::skip]
options! { "SSH";
    ssh_known_hosts: path unset SSH_KNOWN_HOSTS, "CURLOPT_SSH_KNOWNHOSTS", 183, "7.19.6", "Checks the server's key against this file of known hosts, unless a fingerprint or [`Hooks::SSH_HOSTKEY`](crate::Hooks::SSH_HOSTKEY) is set. If none of the three is set, every server is trusted, except with libssh before libcurl 8.9.0: it checks its own files of known hosts. With these, [`ssl_verify_host(false)`](Self::ssl_verify_host) turns off any check of known hosts.";
    ssh_host_public_key_md5: text, "CURLOPT_SSH_HOST_PUBLIC_KEY_MD5", 162, "7.17.1", "Trusts only a server whose key has this MD5 fingerprint: 32 hexadecimal digits.";
    ssh_host_public_key_sha256: text, "CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256", 311, "7.80.0", "Trusts only a server whose key has this SHA-256 fingerprint, in base64. With libssh, it needs libcurl 8.21.0: older releases ignore this option or do not support it, and the crate refuses it.";
    ssh_auth_types: value<SshAuth>, "CURLOPT_SSH_AUTH_TYPES", 151, "7.16.1", "Sets which methods of authentication with an SSH server are allowed; all by default.";
    ssh_public_keyfile: path unset SSH_PUBLIC_KEYFILE, "CURLOPT_SSH_PUBLIC_KEYFILE", 152, "7.16.1", "Sets the file with the client's public key; by default, the public key is computed from the private key.";
    ssh_private_keyfile: path unset SSH_PRIVATE_KEYFILE, "CURLOPT_SSH_PRIVATE_KEYFILE", 153, "7.16.1", "Sets the file with the client's private key; by default, it is a file in the home directory, or, with libssh2 and if there is none, in the current directory.";
    ssh_compression: flag, "CURLOPT_SSH_COMPRESSION", 268, "7.56.0", "Asks for compression of SSH; off by default.";
    new_file_perms: number<u32>, "CURLOPT_NEW_FILE_PERMS", 159, "7.16.4", "Sets the permissions of files that are created, up to `0o777`; `0o644` by default.";
    new_directory_perms: number<u32>, "CURLOPT_NEW_DIRECTORY_PERMS", 160, "7.16.4", "Sets the permissions of directories that are created, up to `0o777`; `0o755` by default.";
}
