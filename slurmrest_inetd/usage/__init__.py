"""Usage: what sreport prints of a period goes into the list called ``accounting`` of associations and wckeys.

Law: asked only where the client asks (or where the document has it anyway, as config does). Called by the plugins of
slurmdbd.
"""
