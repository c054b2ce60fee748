"""The systems beside the chat: shops that pay refunds, and the ways to reach a customer."""
