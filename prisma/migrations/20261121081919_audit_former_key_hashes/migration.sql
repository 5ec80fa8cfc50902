SELECT audit_table('former_key_hashes', 'hash');
